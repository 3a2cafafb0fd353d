// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Slashings} from "../../../contracts/accounting/Slashings.sol";
import {Handler} from "../support/Handler.sol";
import {Walk} from "../support/Walk.sol";
import {SimulatedSeptet} from "./SimulatedSeptet.sol";

/// @dev Slashes keys of one set, lets balances fall, settles, convicts and refunds in any order, with a ledger of its own of
/// what every seat paid, was convicted for and got back.
contract SlashingsHandler is Handler {
    uint64 private constant EFFECTIVE = 2_048e9;
    uint256 private constant KEYS = 40;

    struct Key {
        uint64 withdrawable;
        uint64 balanceGwei;
        bool settled;
    }

    SimulatedSeptet public immutable SEPTET;
    Slashings public immutable SLASHINGS;

    Key[] public keys;
    uint256 public firstOfEpisode;
    mapping(uint256 episode => mapping(uint256 operatorId => uint256)) public paidShares;
    mapping(uint256 episode => mapping(uint256 operatorId => uint256)) public paidWei;
    mapping(uint256 episode => mapping(uint256 operatorId => uint256)) public refundedShares;
    mapping(uint256 operatorId => bool) public convicted;
    uint256 public freezeEndsAtMost;

    constructor() {
        vm.warp(300_000 * 384);
        SEPTET = new SimulatedSeptet();
        SLASHINGS = SEPTET.slashings();
    }

    function slash(uint256 effective) external step {
        if (keys.length == KEYS) return;
        if (SLASHINGS.unsettledCount(1) == 0) firstOfEpisode = keys.length;
        uint64 effectiveGwei = uint64(bound(effective, 32e9, EFFECTIVE));
        keys.push(Key(_epoch() + 8_192, effectiveGwei - effectiveGwei / 4096, false));
        SEPTET.record(bytes32(keys.length), effectiveGwei, keys[keys.length - 1].withdrawable);
        if (SEPTET.frozenUntil() > freezeEndsAtMost) freezeEndsAtMost = SEPTET.frozenUntil();
        reached["slash"]++;
    }

    function report(uint256 seed, uint256 fallGwei) external step {
        SEPTET.open();
        for (uint256 i = firstOfEpisode; i < keys.length; i++) {
            Key storage key = keys[i];
            if (key.settled) continue;
            if (_epoch() < key.withdrawable) {
                uint256 most = uint256(key.balanceGwei) / 200;
                key.balanceGwei -= uint64(bound(uint256(keccak256(abi.encode(seed, fallGwei, i))), 0, most));
            }
            int256 reduction = SEPTET.valueInReport(bytes32(i + 1), key.balanceGwei);
            check(reduction <= int256(uint256(key.balanceGwei)) * 1 gwei, "worth less than nothing");
        }
        SEPTET.finish(0);
        check(SEPTET.frozenUntil() <= block.timestamp, "a report that started later ends the freeze");
        reached["report"]++;
    }

    function settle(uint256 which) external step {
        if (keys.length == 0) return;
        which = bound(which, 0, keys.length - 1);
        if (keys[which].settled) return;
        if (_epoch() < keys[which].withdrawable) vm.warp(uint256(keys[which].withdrawable) * 384);
        uint256[8] memory before = _bonds();
        uint256 episode = SLASHINGS.episodeOf(1);
        uint256 potShares = SEPTET.balanceOf(address(SLASHINGS));
        uint256 charged = SLASHINGS.settle(bytes32(which + 1));
        keys[which].settled = true;
        for (uint256 i = 1; i <= 7; i++) {
            uint256 paid = before[i] - SEPTET.bondOf(i);
            paidShares[episode][i] += paid;
            paidWei[episode][i] += SEPTET.convertToAssets(paid);
        }
        check(charged == 0 || potShares > 0 || before[0] > _bonds()[0], "charged out of nothing");
        reached["settle"]++;
        if (charged > 0) reached["charge"]++;
    }

    /// @dev Rare, as it is for ever.
    function convict(uint256 operatorId) external step {
        if (operatorId % 8 == 0) _convict(operatorId >> 8);
    }

    function refund(uint256 episode, uint256 operatorId) external step {
        if (SLASHINGS.episodeOf(1) == 0) return;
        episode = bound(episode, 1, SLASHINGS.episodeOf(1));
        operatorId = bound(operatorId, 1, 7);
        if (SLASHINGS.refundable(1, episode, operatorId) == 0) return;
        refundedShares[episode][operatorId] += SLASHINGS.refund(1, episode, operatorId);
        reached["refund"]++;
    }

    /// @dev The way that chance takes too seldom: a seat is convicted after the others paid.
    function trueUp(uint256 operatorId) external step {
        this.slash(operatorId);
        if (keys[keys.length - 1].settled) return;
        vm.warp(block.timestamp + (operatorId % 4_000) * 384);
        this.report(operatorId, operatorId);
        for (uint256 i = firstOfEpisode; i < keys.length; i++) this.settle(i);
        _convict(operatorId);
        this.refund(SLASHINGS.episodeOf(1), (operatorId % 7) + 2);
        reached["trueUp"]++;
    }

    function topUpBond(uint256 operatorId, uint256 assets) external step {
        SEPTET.addBond(bound(operatorId, 1, 7), bound(assets, 1, 1 ether));
        reached["topUpBond"]++;
    }

    function _convict(uint256 operatorId) private {
        operatorId = bound(operatorId, 1, 7);
        uint256 before = SEPTET.bondOf(operatorId);
        uint256 taken = SEPTET.convict(operatorId);
        check(taken == before - SEPTET.bondOf(operatorId), "says what it takes");
        check(!convicted[operatorId] || taken == 0, "convicted twice");
        check(taken <= SEPTET.convertToShares(SEPTET.SEAT_WEI()) + 1, "more than the requirement");
        convicted[operatorId] = true;
        reached["convict"]++;
        if (taken > 0) reached["convictedPays"]++;
    }

    function _epoch() private view returns (uint64) {
        return uint64(block.timestamp / 384);
    }

    /// @dev By operator; the sum in place 0.
    function _bonds() private view returns (uint256[8] memory bonds) {
        for (uint256 i = 1; i <= 7; i++) {
            bonds[i] = SEPTET.bondOf(i);
            bonds[0] += bonds[i];
        }
    }
}

contract SlashingsInvariants is Walk {
    SlashingsHandler private handler;
    SimulatedSeptet private septet;
    Slashings private slashings;

    function setUp() external {
        handler = new SlashingsHandler();
        septet = handler.SEPTET();
        slashings = handler.SLASHINGS();
        targetContract(address(handler));
        _moves = [
            SlashingsHandler.slash.selector,
            SlashingsHandler.report.selector,
            SlashingsHandler.settle.selector,
            SlashingsHandler.convict.selector,
            SlashingsHandler.refund.selector,
            SlashingsHandler.trueUp.selector,
            SlashingsHandler.topUpBond.selector
        ];
        _paths = ["slash", "report", "settle", "charge", "trueUp", "topUpBond"];
        _rarePaths = ["convict", "convictedPays", "refund"];
        _play(handler, 200);
    }

    /// @dev I18. In no episode does a seat pay more than it requires.
    function invariant_chargesStayWithinTheRequirement() public view {
        for (uint256 episode = 1; episode <= slashings.episodeOf(1); episode++) {
            for (uint256 i = 1; i <= 7; i++) {
                check(handler.paidWei(episode, i) <= septet.SEAT_WEI() + 1 gwei, "paid more");
            }
        }
    }

    function invariant_nobodyGetsBackMoreThanItPaid() public view {
        for (uint256 episode = 1; episode <= slashings.episodeOf(1); episode++) {
            for (uint256 i = 1; i <= 7; i++) {
                uint256 back = handler.refundedShares(episode, i) + slashings.refundable(1, episode, i);
                check(back <= handler.paidShares(episode, i), "got back more");
            }
        }
    }

    /// @dev Whatever may be refunded lies here, whoever asks first.
    function invariant_refundsAreThere() public view {
        uint256 due = 0;
        for (uint256 episode = 1; episode <= slashings.episodeOf(1); episode++) {
            for (uint256 i = 1; i <= 7; i++) {
                due += slashings.refundable(1, episode, i);
            }
        }
        check(septet.balanceOf(address(slashings)) >= due, "missing");
    }

    function invariant_reservesAreBondsThatAreThere() public view {
        uint256 reserved = 0;
        for (uint256 i = 0; i < 40; i++) {
            if (!slashings.isSettled(bytes32(i + 1))) reserved += slashings.slashing(bytes32(i + 1)).reservedWei;
        }
        uint256 shares = septet.balanceOf(address(slashings));
        for (uint256 i = 1; i <= 7; i++) {
            shares += septet.bondOf(i);
        }
        check(reserved <= septet.convertToAssets(shares) + 1 gwei, "more than all bonds");
    }

    function invariant_aFreezeEnds() public view {
        check(septet.frozenUntil() <= handler.freezeEndsAtMost(), "longer than any proof allowed");
        check(septet.frozenUntil() <= block.timestamp + 3 days, "longer than the maximum");
    }

    function _requireInvariants() internal view override {
        invariant_chargesStayWithinTheRequirement();
        invariant_nobodyGetsBackMoreThanItPaid();
        invariant_refundsAreThere();
        invariant_reservesAreBondsThatAreThere();
        invariant_aFreezeEnds();
    }
}
