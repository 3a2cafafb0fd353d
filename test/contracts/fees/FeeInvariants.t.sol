// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeeDistributor} from "../../../contracts/operators/FeeDistributor.sol";
import {Handler} from "../support/Handler.sol";
import {Walk} from "../support/Walk.sol";
import {SimulatedSets} from "./SimulatedSets.sol";

/// @dev Moves stake, leases, convictions and members at random around minted fees, and keeps its own ledger.
contract FeeHandler is Handler {
    SimulatedSets public immutable SETS;
    FeeDistributor public immutable FEES;

    uint256 public minted;
    uint256 public claimed;
    uint256 public returned;
    uint256 public newcomers = 40;
    mapping(uint256 setId => uint256) public stakeWei;

    constructor() {
        SETS = new SimulatedSets();
        FEES = SETS.fees();
    }

    function mint(uint256 shares) external step {
        shares = bound(shares, 0, 100 ether);
        SETS.mintFees(shares);
        minted += shares;
        reached["mint"]++;
    }

    function addStake(uint256 setId, uint256 amountWei) external step {
        setId = bound(setId, 1, 3);
        amountWei = bound(amountWei, 1 gwei, 2_048 ether);
        SETS.changeStake(setId, int256(amountWei));
        stakeWei[setId] += amountWei;
        reached["addStake"]++;
    }

    function removeStake(uint256 setId, uint256 amountWei) external step {
        setId = bound(setId, 1, 3);
        amountWei = bound(amountWei, 0, stakeWei[setId]);
        SETS.changeStake(setId, -int256(amountWei));
        stakeWei[setId] -= amountWei;
        reached["removeStake"]++;
    }

    /// @dev No seat gains by another's lease, conviction or absence: each gets a seventh or nothing.
    function divide(uint256 setId) external step {
        setId = bound(setId, 1, 3);
        uint256[7] memory operatorIds = SETS.members(setId);
        uint256[7] memory before;
        uint256 share = FEES.undivided(setId) / 7;
        for (uint256 i = 0; i < 7; i++) {
            before[i] = FEES.claimable(operatorIds[i]);
        }
        FEES.divide(setId);
        uint8 earning = SETS.feeSeats(setId);
        if (SETS.leasedSeats(setId) != 0) earning &= SETS.leasedSeats(setId);
        for (uint256 i = 0; i < 7; i++) {
            uint256 got = FEES.claimable(operatorIds[i]) - before[i];
            check(got == 0 || got == share, "neither a seventh nor nothing");
            check(got == 0 || (earning >> i) & 1 == 1, "paid though left out");
        }
        reached["divide"]++;
    }

    function lease(uint256 setId, uint256 left) external step {
        setId = bound(setId, 1, 3);
        FEES.divide(setId);
        SETS.setLease(setId, left % 2 == 0 ? 0 : uint8(0x0f << (left % 4)), 0);
        FEES.divide(setId);
        reached["lease"]++;
    }

    function empty(uint256 setId, uint256 seat) external step {
        setId = bound(setId, 1, 3);
        FEES.divide(setId);
        SETS.setEmptied(setId, uint8(1 << (seat % 7)));
        reached["empty"]++;
    }

    function replace(uint256 setId, uint256 seat) external step {
        setId = bound(setId, 1, 3);
        FEES.divide(setId);
        SETS.replace(setId, bound(seat, 1, 7), newcomers++);
        reached["replace"]++;
    }

    function claim(uint256 operatorId) external step {
        operatorId = bound(operatorId, 11, newcomers - 1);
        if (FEES.claimable(operatorId) == 0) return;
        claimed += FEES.claim(operatorId);
        reached["claim"]++;
    }

    function returnUnpaid() external step {
        returned += FEES.returnUnpaid();
        reached["returnUnpaid"]++;
    }
}

contract FeeInvariants is Walk {
    FeeHandler private handler;
    FeeDistributor private fees;
    SimulatedSets private sets;

    function setUp() external {
        handler = new FeeHandler();
        fees = handler.FEES();
        sets = handler.SETS();
        targetContract(address(handler));
        _moves = [
            FeeHandler.mint.selector,
            FeeHandler.addStake.selector,
            FeeHandler.removeStake.selector,
            FeeHandler.divide.selector,
            FeeHandler.lease.selector,
            FeeHandler.empty.selector,
            FeeHandler.replace.selector,
            FeeHandler.claim.selector,
            FeeHandler.returnUnpaid.selector
        ];
        _paths = ["mint", "addStake", "removeStake", "divide", "lease", "empty", "replace", "claim", "returnUnpaid"];
        _play(handler, 200);
    }

    /// @dev Claims and what may be claimed never pass what was minted, and lie in the contract.
    function invariant_promisedIsThere() public view {
        uint256 owed = fees.unpaidShares();
        for (uint256 id = 11; id < handler.newcomers(); id++) {
            owed += fees.claimable(id);
        }
        for (uint256 setId = 1; setId <= 3; setId++) {
            owed += fees.undivided(setId);
        }
        check(owed <= sets.balanceOf(address(fees)), "promised more than there is");
        check(owed + handler.claimed() + handler.returned() <= handler.minted(), "more than minted");
    }

    function invariant_stakesAddUp() public view {
        uint256 sum = 0;
        for (uint256 setId = 1; setId <= 3; setId++) {
            check(fees.provenStakeWei(setId) == handler.stakeWei(setId), "stake");
            sum += handler.stakeWei(setId);
        }
        check(fees.totalProvenStakeWei() == sum, "total");
    }

    function _requireInvariants() internal view override {
        invariant_promisedIsThere();
        invariant_stakesAddUp();
    }
}
