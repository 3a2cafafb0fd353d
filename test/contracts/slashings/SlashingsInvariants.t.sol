// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Slashings} from "../../../contracts/accounting/Slashings.sol";
import {Test} from "../support/Test.sol";
import {Walk} from "../support/Walk.sol";
import {SimulatedSeptet} from "./SimulatedSeptet.sol";

/// @dev Slashes keys of one set, lets balances fall, settles, convicts and refunds in any order, with a ledger of its own of
/// what every seat paid, was convicted for and got back.
contract SlashingsHandler is Test {
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
    mapping(string action => uint256) public calls;

    /// @dev A revert in a handler is no failure for the runner, so what is broken is kept and an invariant looks at it.
    string public violation;

    constructor() {
        vm.warp(300_000 * 384);
        SEPTET = new SimulatedSeptet();
        SLASHINGS = SEPTET.slashings();
    }

    function slash(uint256 effective) external {
        if (keys.length == KEYS) return;
        if (SLASHINGS.unsettledCount(1) == 0) firstOfEpisode = keys.length;
        uint64 effectiveGwei = uint64(bound(effective, 32e9, EFFECTIVE));
        keys.push(Key(_epoch() + 8_192, effectiveGwei - effectiveGwei / 4096, false));
        SEPTET.record(bytes32(keys.length), effectiveGwei, keys[keys.length - 1].withdrawable);
        if (SEPTET.frozenUntil() > freezeEndsAtMost) freezeEndsAtMost = SEPTET.frozenUntil();
        calls["slash"]++;
    }

    function report(uint256 seed, uint256 fallGwei) external {
        SEPTET.open();
        for (uint256 i = firstOfEpisode; i < keys.length; i++) {
            Key storage key = keys[i];
            if (key.settled) continue;
            if (_epoch() < key.withdrawable) {
                uint256 most = uint256(key.balanceGwei) / 200;
                key.balanceGwei -= uint64(bound(uint256(keccak256(abi.encode(seed, fallGwei, i))), 0, most));
            }
            int256 reduction = SEPTET.valueInReport(bytes32(i + 1), key.balanceGwei);
            _expect(reduction <= int256(uint256(key.balanceGwei)) * 1 gwei, "worth less than nothing");
        }
        SEPTET.finish(0);
        _expect(SEPTET.frozenUntil() <= block.timestamp, "a report that started later ends the freeze");
        calls["report"]++;
    }

    function settle(uint256 which) external {
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
        _expect(charged == 0 || potShares > 0 || before[0] > _bonds()[0], "charged out of nothing");
        calls["settle"]++;
        if (charged > 0) calls["charge"]++;
    }

    function convict(uint256 operatorId) external {
        operatorId = bound(operatorId, 1, 7);
        uint256 before = SEPTET.bondOf(operatorId);
        uint256 taken = SEPTET.convict(operatorId);
        _expect(taken == before - SEPTET.bondOf(operatorId), "says what it takes");
        _expect(!convicted[operatorId] || taken == 0, "convicted twice");
        _expect(taken <= SEPTET.convertToShares(SEPTET.SEAT_WEI()) + 1, "more than the requirement");
        convicted[operatorId] = true;
        calls["convict"]++;
        if (taken > 0) calls["convictedPays"]++;
    }

    function refund(uint256 episode, uint256 operatorId) external {
        if (SLASHINGS.episodeOf(1) == 0) return;
        episode = bound(episode, 1, SLASHINGS.episodeOf(1));
        operatorId = bound(operatorId, 1, 7);
        if (SLASHINGS.refundable(1, episode, operatorId) == 0) return;
        refundedShares[episode][operatorId] += SLASHINGS.refund(1, episode, operatorId);
        calls["refund"]++;
    }

    /// @dev The way that chance takes too seldom: a seat is convicted after the others paid.
    function trueUp(uint256 operatorId) external {
        this.slash(operatorId);
        if (keys[keys.length - 1].settled) return;
        vm.warp(block.timestamp + (operatorId % 4_000) * 384);
        this.report(operatorId, operatorId);
        this.settle(keys.length - 1);
        this.convict(operatorId);
        this.refund(SLASHINGS.episodeOf(1), (operatorId % 7) + 2);
        calls["trueUp"]++;
    }

    function topUpBond(uint256 operatorId, uint96 assets) external {
        SEPTET.addBond(bound(operatorId, 1, 7), bound(assets, 1, 1 ether));
        calls["topUpBond"]++;
    }

    function _expect(bool condition, string memory what) private {
        if (!condition) violation = what;
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
    }

    function invariant_everyCallDidWhatItShould() external view {
        check(bytes(handler.violation()).length == 0, handler.violation());
    }

    /// @dev I18. In no episode does a seat pay more than it requires.
    function invariant_chargesStayWithinTheRequirement() external view {
        for (uint256 episode = 1; episode <= slashings.episodeOf(1); episode++) {
            for (uint256 i = 1; i <= 7; i++) {
                check(handler.paidWei(episode, i) <= septet.SEAT_WEI() + 1 gwei, "paid more");
            }
        }
    }

    function invariant_nobodyGetsBackMoreThanItPaid() external view {
        for (uint256 episode = 1; episode <= slashings.episodeOf(1); episode++) {
            for (uint256 i = 1; i <= 7; i++) {
                uint256 back = handler.refundedShares(episode, i) + slashings.refundable(1, episode, i);
                check(back <= handler.paidShares(episode, i), "got back more");
            }
        }
    }

    /// @dev Whatever may be refunded lies here, whoever asks first.
    function invariant_refundsAreThere() external view {
        uint256 due = 0;
        for (uint256 episode = 1; episode <= slashings.episodeOf(1); episode++) {
            for (uint256 i = 1; i <= 7; i++) {
                due += slashings.refundable(1, episode, i);
            }
        }
        check(septet.balanceOf(address(slashings)) >= due, "missing");
    }

    function invariant_reservesAreBondsThatAreThere() external view {
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

    function invariant_aFreezeEnds() external view {
        check(septet.frozenUntil() <= handler.freezeEndsAtMost(), "longer than any proof allowed");
        check(septet.frozenUntil() <= block.timestamp + 3 days, "longer than the maximum");
    }

    /// @dev Always the same, so that no change elsewhere makes it reach less.
    function test_everyPathIsReached() external {
        Move[] memory moves = new Move[](7);
        moves[0] = _move(SlashingsHandler.slash.selector);
        moves[1] = _move(SlashingsHandler.report.selector);
        moves[2] = _move(SlashingsHandler.settle.selector);
        moves[3] = _move(SlashingsHandler.convict.selector);
        moves[4] = _move(SlashingsHandler.refund.selector);
        moves[5] = _move(SlashingsHandler.trueUp.selector);
        moves[6] = Move(SlashingsHandler.topUpBond.selector, [ALL, type(uint80).max, ALL, ALL, ALL]);
        _walk(address(handler), moves, 200);
        (string[] memory names, uint256[] memory counts) = _reached();
        _requireAll(names, counts);
    }

    function afterInvariant() external view {
        (string[] memory names, uint256[] memory counts) = _reached();
        _requireHalf(names, counts);
    }

    function _reached() private view returns (string[] memory names, uint256[] memory counts) {
        names = new string[](4);
        counts = new uint256[](4);
        string[4] memory paths = ["slash", "report", "settle", "trueUp"];
        for (uint256 i = 0; i < 4; i++) {
            names[i] = paths[i];
            counts[i] = handler.calls(paths[i]);
        }
    }
}
