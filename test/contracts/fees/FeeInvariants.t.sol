// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FeeDistributor} from "../../../contracts/operators/FeeDistributor.sol";
import {Test} from "../support/Test.sol";
import {Walk} from "../support/Walk.sol";
import {SimulatedSets} from "./SimulatedSets.sol";

/// @dev Moves stake, leases, convictions and members at random around minted fees, and keeps its own ledger.
contract FeeHandler is Test {
    SimulatedSets public immutable SETS;
    FeeDistributor public immutable FEES;

    uint256 public minted;
    uint256 public claimed;
    uint256 public returned;
    uint256 public newcomers = 40;
    mapping(uint256 setId => uint256) public stakeWei;
    mapping(string action => uint256) public calls;
    string public violation;

    constructor() {
        SETS = new SimulatedSets();
        FEES = SETS.fees();
    }

    function mint(uint256 shares) external {
        shares = bound(shares, 0, 100 ether);
        SETS.mintFees(shares);
        minted += shares;
        calls["mint"]++;
    }

    function addStake(uint256 setId, uint256 amountWei) external {
        setId = bound(setId, 1, 3);
        amountWei = bound(amountWei, 1 gwei, 2_048 ether);
        SETS.changeStake(setId, int256(amountWei));
        stakeWei[setId] += amountWei;
        calls["addStake"]++;
    }

    function removeStake(uint256 setId, uint256 amountWei) external {
        setId = bound(setId, 1, 3);
        amountWei = bound(amountWei, 0, stakeWei[setId]);
        SETS.changeStake(setId, -int256(amountWei));
        stakeWei[setId] -= amountWei;
        calls["removeStake"]++;
    }

    /// @dev No seat gains by another's lease, conviction or absence: each gets a seventh or nothing.
    function divide(uint256 setId) external {
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
            if (got != 0 && got != share) violation = "neither a seventh nor nothing";
            if (got != 0 && (earning >> i) & 1 == 0) violation = "paid though left out";
        }
        calls["divide"]++;
    }

    function lease(uint256 setId, uint256 left) external {
        setId = bound(setId, 1, 3);
        FEES.divide(setId);
        SETS.setLease(setId, left % 2 == 0 ? 0 : uint8(0x0f << (left % 4)), 0);
        FEES.divide(setId);
        calls["lease"]++;
    }

    function empty(uint256 setId, uint256 seat) external {
        setId = bound(setId, 1, 3);
        FEES.divide(setId);
        SETS.setEmptied(setId, uint8(1 << (seat % 7)));
        calls["empty"]++;
    }

    function replace(uint256 setId, uint256 seat) external {
        setId = bound(setId, 1, 3);
        FEES.divide(setId);
        SETS.replace(setId, bound(seat, 1, 7), newcomers++);
        calls["replace"]++;
    }

    function claim(uint256 operatorId) external {
        operatorId = bound(operatorId, 11, newcomers - 1);
        if (FEES.claimable(operatorId) == 0) return;
        claimed += FEES.claim(operatorId);
        calls["claim"]++;
    }

    function returnUnpaid() external {
        returned += FEES.returnUnpaid();
        calls["returnUnpaid"]++;
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
    }

    /// @dev Claims and what may be claimed never pass what was minted, and lie in the contract.
    function invariant_promisedIsThere() external view {
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

    function invariant_stakesAddUp() external view {
        uint256 sum = 0;
        for (uint256 setId = 1; setId <= 3; setId++) {
            check(fees.provenStakeWei(setId) == handler.stakeWei(setId), "stake");
            sum += handler.stakeWei(setId);
        }
        check(fees.totalProvenStakeWei() == sum, "total");
    }

    function invariant_everyDivisionWasFair() external view {
        check(bytes(handler.violation()).length == 0, handler.violation());
    }

    /// @dev Always the same, so that no change elsewhere makes it reach less.
    function test_everyPathIsReached() external {
        Move[] memory moves = new Move[](9);
        moves[0] = _move(FeeHandler.mint.selector);
        moves[1] = _move(FeeHandler.addStake.selector);
        moves[2] = _move(FeeHandler.removeStake.selector);
        moves[3] = _move(FeeHandler.divide.selector);
        moves[4] = _move(FeeHandler.lease.selector);
        moves[5] = _move(FeeHandler.empty.selector);
        moves[6] = _move(FeeHandler.replace.selector);
        moves[7] = _move(FeeHandler.claim.selector);
        moves[8] = _move(FeeHandler.returnUnpaid.selector);
        _walk(address(handler), moves, 200);
        (string[] memory names, uint256[] memory counts) = _reached();
        _requireAll(names, counts);
    }

    function afterInvariant() external view {
        (string[] memory names, uint256[] memory counts) = _reached();
        _requireHalf(names, counts);
    }

    function _reached() private view returns (string[] memory names, uint256[] memory counts) {
        names = new string[](9);
        counts = new uint256[](9);
        string[9] memory paths = [
            "mint",
            "addStake",
            "removeStake",
            "divide",
            "lease",
            "empty",
            "replace",
            "claim",
            "returnUnpaid"
        ];
        for (uint256 i = 0; i < 9; i++) {
            names[i] = paths[i];
            counts[i] = handler.calls(paths[i]);
        }
    }
}
